-- More than twenty wrong passwords of one user within a day, by window and not by bucket; and whether one was right after them.
-- needs: createdDateTime, userPrincipalName, errorCode
with tried as (
    select userPrincipalName, createdDateTime, errorCode,
           count(*) filter (errorCode in (50126, 50053)) over (
               partition by userPrincipalName order by createdDateTime range between interval 1 day preceding and current row
           ) as wrong
    from sign_ins where errorCode in (0, 50126, 50053)
)
select userPrincipalName, min(createdDateTime) as first, max(wrong) as wrong, bool_or(errorCode = 0) as got_in
from tried where wrong > 20
group by userPrincipalName
order by first
