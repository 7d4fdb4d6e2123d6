-- As in ../duckdb.
with usual as (
    select userPrincipalName, autonomousSystemNumber, min(createdDateTime) as since, any(ipAddress) as ip
    from records where errorCode = 0 and userPrincipalName <> ''
    group by userPrincipalName, autonomousSystemNumber
)
select initiator, activityDisplayName, min(activityDateTime) as first, count() as records
from records inner join usual on initiator = usual.userPrincipalName and activityIp = ip
where activityDisplayName <> '' and since >= activityDateTime - 86400
group by initiator, activityDisplayName
order by first
