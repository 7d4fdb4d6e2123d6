-- What was done by users within a day of a sign-in from a network that was new for them: methods, consents, rules of the mailbox.
-- needs: createdDateTime, userPrincipalName, errorCode, autonomousSystemNumber, activityDateTime, activityDisplayName, initiator, activityIp, ipAddress
with usual as (
    select userPrincipalName, autonomousSystemNumber, min(createdDateTime) as since, any_value(ipAddress) as ip
    from sign_ins where errorCode = 0
    group by all
)
select initiator, activityDisplayName, min(activityDateTime) as first, count(*) as records
from records join usual on usual.userPrincipalName = initiator and ip = activityIp
where activityDisplayName is not null and since >= activityDateTime - interval 1 day
group by initiator, activityDisplayName
order by first
