-- More than three requests for approval refused within an hour, and then, within an hour, one that was not.
-- needs: createdDateTime, userPrincipalName, errorCode, isInteractive
with asked as (
    select userPrincipalName, createdDateTime, errorCode,
           count(*) filter (errorCode = 500121) over (
               partition by userPrincipalName order by createdDateTime range between interval 1 hour preceding and current row
           ) as refused
    from sign_ins where isInteractive and errorCode in (0, 500121)
)
select userPrincipalName, min(createdDateTime) as first, max(refused) as refused, bool_or(errorCode = 0) as approved
from asked where refused > 3
group by userPrincipalName, time_bucket(interval 1 day, createdDateTime)
order by first
