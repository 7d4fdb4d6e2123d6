-- As in ../duckdb.
with asked as (
    select userPrincipalName, createdDateTime, errorCode,
           countIf(errorCode = 500121) over (
               partition by userPrincipalName order by createdDateTime range between 3600 preceding and current row
           ) as refused
    from records where isInteractive and errorCode in (0, 500121) and userPrincipalName <> ''
)
select userPrincipalName, min(createdDateTime) as first, max(refused) as most, max(errorCode = 0) as approved
from asked where refused > 3
group by userPrincipalName, toStartOfDay(createdDateTime)
order by first
