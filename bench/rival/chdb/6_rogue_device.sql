-- As in ../duckdb.
with usual as (
    select userPrincipalName, autonomousSystemNumber, min(createdDateTime) as since
    from records where errorCode = 0 and userPrincipalName <> ''
    group by userPrincipalName, autonomousSystemNumber
),
registered as (
    select initiator as who, activityDateTime as at from records where activityDisplayName = 'Register device'
),
sign_ins as (
    select userPrincipalName, autonomousSystemNumber, createdDateTime
    from records where errorCode = 0 and resourceDisplayName = 'Device Registration Service'
)
select who, at, any(sign_ins.autonomousSystemNumber) as network, count() as records
from registered
inner join sign_ins on who = sign_ins.userPrincipalName
inner join usual
    on sign_ins.userPrincipalName = usual.userPrincipalName and sign_ins.autonomousSystemNumber = usual.autonomousSystemNumber
where createdDateTime between at - 86400 and at and since >= at - 86400
group by who, at
order by at
