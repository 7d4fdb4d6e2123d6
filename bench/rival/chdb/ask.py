"""Asks chdb, which is ClickHouse in one process, the questions in the *.sql files of this folder of a file of Azure Monitor's records.

    python ask.py RECORDS CORES      the file is loaded into a table once, and then the questions are asked

Prints one line of JSON: what was asked, how long each took, how many rows it answered, and what the process used.
"""

import json
import pathlib
import resource
import sys
import tempfile
import time

import chdb
from chdb import session


def main():
    path, cores = sys.argv[1:3]
    with tempfile.TemporaryDirectory(dir=pathlib.Path(path).parent) as folder:
        database = session.Session(folder)
        database.query("create database asked engine = Atomic")
        database.query("use asked")
        for setting in [f"max_threads = {cores}", "input_format_json_ignore_unknown_keys_in_named_tuple = 1",
                        "input_format_null_as_default = 1", "input_format_skip_unknown_fields = 1"]:
            database.query(f"set {setting}")
        asked = []
        for file in sorted(pathlib.Path(__file__).parent.glob("*.sql")):
            text = file.read_text(encoding="utf-8").replace("{records}", path.replace("'", "\\'"))
            wall, cpu = time.monotonic(), time.process_time()
            answer = str(database.query(text, "TabSeparated"))
            took = {"seconds": time.monotonic() - wall, "cpu": time.process_time() - cpu}
            if file.stem == "0_load":
                rows = int(str(database.query("select count() from records", "TabSeparated")))
            else:
                rows = len(answer.splitlines())
            asked.append({"name": file.stem.removeprefix("0_"), **took, "rows": rows})
        database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"version": chdb.__version__, "asked": asked, "peak": peak}))


if __name__ == "__main__":
    main()
