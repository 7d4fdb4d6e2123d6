"""Asks DuckDB the questions in the *.sql files of this folder, one by one, of a file of Azure Monitor's records.

    python ask.py file RECORDS      every question reads the file, and takes from it no more than it needs
    python ask.py table RECORDS     the file is loaded into a table of what all questions need, and then they are asked

Prints one line of JSON: what was asked, how long each took, how many rows it answered, and what the process used.
"""

import json
import pathlib
import resource
import sys
import tempfile
import time

import duckdb

# What a question can ask for: where it stands in `properties`, as a type of DuckDB's, and how it is taken out.
SIGN_IN = {
    "createdDateTime": ("createdDateTime TIMESTAMP", "p.createdDateTime"),
    "userPrincipalName": ("userPrincipalName VARCHAR", "p.userPrincipalName"),
    "correlationId": ("correlationId VARCHAR", "p.correlationId"),
    "isInteractive": ("isInteractive BOOLEAN", "p.isInteractive"),
    "authenticationProtocol": ("authenticationProtocol VARCHAR", "p.authenticationProtocol"),
    "originalTransferMethod": ("originalTransferMethod VARCHAR", "p.originalTransferMethod"),
    "errorCode": ("status STRUCT(errorCode INTEGER)", "p.status.errorCode"),
    "autonomousSystemNumber": ("autonomousSystemNumber BIGINT", "p.autonomousSystemNumber"),
    "appDisplayName": ("appDisplayName VARCHAR", "p.appDisplayName"),
    "resourceDisplayName": ("resourceDisplayName VARCHAR", "p.resourceDisplayName"),
    "userAgent": ("userAgent VARCHAR", "p.userAgent"),
    "sessionId": ("sessionId VARCHAR", "p.sessionId"),
    "ipAddress": ("ipAddress VARCHAR", "p.ipAddress"),
    "countryOrRegion": ("location STRUCT(countryOrRegion VARCHAR)", "p.location.countryOrRegion"),
    "operatingSystem": ("deviceDetail STRUCT(operatingSystem VARCHAR)", "p.deviceDetail.operatingSystem"),
    "activityDateTime": ("activityDateTime TIMESTAMP", "p.activityDateTime"),
    "activityDisplayName": ("activityDisplayName VARCHAR", "p.activityDisplayName"),
    "initiator": ("initiatedBy STRUCT(\"user\" STRUCT(userPrincipalName VARCHAR, ipAddress VARCHAR))", "p.initiatedBy.\"user\".userPrincipalName"),
    "activityIp": ("initiatedBy STRUCT(\"user\" STRUCT(userPrincipalName VARCHAR, ipAddress VARCHAR))", "p.initiatedBy.\"user\".ipAddress"),
}


def reading(names, path):
    """A SELECT of these columns over the file."""
    parts = ", ".join(dict.fromkeys(SIGN_IN[name][0] for name in names))
    taken = ", ".join(f"{SIGN_IN[name][1]} AS {name}" for name in names)
    path = path.replace("'", "''")
    return (
        f"SELECT {taken} FROM (SELECT properties AS p FROM read_ndjson('{path}', "
        f"columns = {{properties: 'STRUCT({parts})'}}))"
    )


def questions():
    """Each question's name, the columns that it needs, and its text."""
    for path in sorted(pathlib.Path(__file__).parent.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        needs = next(line for line in text.splitlines() if line.startswith("-- needs:"))
        yield path.stem, [name.strip() for name in needs.removeprefix("-- needs:").split(",")], text


def views(database, source):
    database.execute(f"CREATE OR REPLACE TEMP VIEW records AS {source}")
    database.execute("CREATE OR REPLACE TEMP VIEW sign_ins AS FROM records WHERE userPrincipalName IS NOT NULL")


def main():
    how, path = sys.argv[1:3]
    with tempfile.TemporaryDirectory(dir=pathlib.Path(path).parent) as folder:
        database = duckdb.connect(f"{folder}/records.duckdb" if how == "table" else ":memory:")
        database.execute(f"SET threads = {sys.argv[3] if len(sys.argv) > 3 else 2}")
        database.execute("SET preserve_insertion_order = false")
        database.execute(f"SET temp_directory = '{folder}'")
        asked = []

        def timed(name, work):
            wall, cpu = time.monotonic(), time.process_time()
            rows = work()
            asked.append(
                {"name": name, "seconds": time.monotonic() - wall, "cpu": time.process_time() - cpu, "rows": rows}
            )

        if how == "table":
            loading = f"CREATE TABLE loaded AS {reading(list(SIGN_IN), path)}"
            timed("load", lambda: database.execute(loading).fetchall()[0][0])
        for name, needs, text in questions():
            views(database, "FROM loaded" if how == "table" else reading(needs, path))
            timed(name, lambda text=text: len(database.execute(text).fetchall()))
        database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"version": duckdb.__version__, "asked": asked, "peak": peak}))


if __name__ == "__main__":
    main()
