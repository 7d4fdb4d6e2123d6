-- A device code that was typed in one network and redeemed in another, where the user never was until an hour before.
-- needs: createdDateTime, userPrincipalName, correlationId, isInteractive, authenticationProtocol, originalTransferMethod, errorCode, autonomousSystemNumber, appDisplayName
with codes as (
    select * from sign_ins where authenticationProtocol = 'deviceCode' or originalTransferMethod = 'deviceCodeFlow'
),
pairs as (
    select redeemed.userPrincipalName, redeemed.autonomousSystemNumber, redeemed.createdDateTime, redeemed.appDisplayName
    from codes typed
    join codes redeemed using (userPrincipalName, correlationId)
    where typed.isInteractive and not redeemed.isInteractive and redeemed.errorCode = 0
      and typed.autonomousSystemNumber <> redeemed.autonomousSystemNumber
      and redeemed.createdDateTime between typed.createdDateTime - interval 15 minutes and typed.createdDateTime + interval 15 minutes
),
usual as (
    select userPrincipalName, autonomousSystemNumber, min(createdDateTime) as since
    from sign_ins where errorCode = 0 and userPrincipalName in (select userPrincipalName from pairs)
    group by all
)
select userPrincipalName, autonomousSystemNumber, min(createdDateTime) as first, count(*) as records, any_value(appDisplayName) as app
from pairs join usual using (userPrincipalName, autonomousSystemNumber)
where since >= createdDateTime - interval 1 hour
group by userPrincipalName, autonomousSystemNumber
order by first
