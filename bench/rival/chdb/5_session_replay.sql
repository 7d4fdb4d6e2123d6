-- As in ../duckdb.
with uses as (
    select userPrincipalName, sessionId, createdDateTime, autonomousSystemNumber, countryOrRegion, operatingSystem,
           first_value(autonomousSystemNumber) over begun as began_in,
           first_value(countryOrRegion) over begun as began_where,
           first_value(operatingSystem) over begun as began_on,
           lagInFrame(createdDateTime) over begun as before
    from records where errorCode = 0 and sessionId <> ''
    window begun as (partition by userPrincipalName, sessionId order by createdDateTime rows between unbounded preceding and current row)
),
strange as (
    select * from uses
    where autonomousSystemNumber <> began_in
      and (operatingSystem <> began_on or (countryOrRegion <> began_where and createdDateTime - before < 7200))
),
usual as (
    select userPrincipalName, autonomousSystemNumber, min(createdDateTime) as since
    from records where errorCode = 0 and userPrincipalName in (select userPrincipalName from strange)
    group by userPrincipalName, autonomousSystemNumber
)
select strange.userPrincipalName as user, sessionId, min(createdDateTime) as first, count() as records
from strange inner join usual
    on strange.userPrincipalName = usual.userPrincipalName and strange.autonomousSystemNumber = usual.autonomousSystemNumber
where since >= createdDateTime - 3600
group by user, sessionId
order by first
