-- As in ../duckdb.
select autonomousSystemNumber, userAgent, toStartOfHour(createdDateTime) as hour, uniqExact(userPrincipalName) as users, count() as attempts
from records
where errorCode in (50126, 50034, 50053, 50055, 50056, 50057)
group by grouping sets ((autonomousSystemNumber, hour), (userAgent, hour))
having users >= 10
order by hour
