-- As in ../duckdb.
with tried as (
    select userPrincipalName, createdDateTime, errorCode,
           countIf(errorCode in (50126, 50053)) over (
               partition by userPrincipalName order by createdDateTime range between 86400 preceding and current row
           ) as wrong
    from records where errorCode in (0, 50126, 50053) and userPrincipalName <> ''
)
select userPrincipalName, min(createdDateTime) as first, max(wrong) as most, max(errorCode = 0) as got_in
from tried where wrong > 20
group by userPrincipalName
order by first
