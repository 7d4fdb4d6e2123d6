-- A device that was registered within a day of a sign-in to the registration service from a network that is not the user's own.
-- needs: createdDateTime, userPrincipalName, errorCode, autonomousSystemNumber, resourceDisplayName, activityDateTime, activityDisplayName, initiator
with usual as (
    select userPrincipalName, autonomousSystemNumber, min(createdDateTime) as since
    from sign_ins where errorCode = 0
    group by all
),
registered as (
    select initiator, activityDateTime from records where activityDisplayName = 'Register device'
)
select userPrincipalName, registered.activityDateTime, any_value(autonomousSystemNumber) as network, count(*) as records
from registered
join sign_ins on userPrincipalName = registered.initiator
     and createdDateTime between registered.activityDateTime - interval 1 day and registered.activityDateTime
join usual using (userPrincipalName, autonomousSystemNumber)
where errorCode = 0 and resourceDisplayName = 'Device Registration Service' and since >= createdDateTime - interval 1 day
group by userPrincipalName, registered.activityDateTime
order by registered.activityDateTime
