-- One network, or one program, at whose hands the passwords of ten users or more were wrong within an hour.
-- needs: createdDateTime, userPrincipalName, errorCode, autonomousSystemNumber, userAgent
select autonomousSystemNumber, userAgent, time_bucket(interval 1 hour, createdDateTime) as hour,
       count(distinct userPrincipalName) as users, count(*) as attempts
from sign_ins
where errorCode in (50126, 50034, 50053, 50055, 50056, 50057)
group by grouping sets ((autonomousSystemNumber, hour), (userAgent, hour))
having users >= 10
order by hour
