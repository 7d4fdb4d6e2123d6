-- As in ../duckdb.
with codes as (
    select * from records where authenticationProtocol = 'deviceCode' or originalTransferMethod = 'deviceCodeFlow'
),
pairs as (
    select redeemed.userPrincipalName as user, redeemed.autonomousSystemNumber as network, redeemed.createdDateTime as at,
           redeemed.appDisplayName as app
    from codes as typed
    inner join codes as redeemed
        on typed.userPrincipalName = redeemed.userPrincipalName and typed.correlationId = redeemed.correlationId
    where typed.isInteractive and not redeemed.isInteractive and redeemed.errorCode = 0
      and typed.autonomousSystemNumber <> redeemed.autonomousSystemNumber
      and redeemed.createdDateTime between typed.createdDateTime - 900 and typed.createdDateTime + 900
),
usual as (
    select userPrincipalName, autonomousSystemNumber, min(createdDateTime) as since
    from records where errorCode = 0 and userPrincipalName in (select user from pairs)
    group by userPrincipalName, autonomousSystemNumber
)
select user, network, min(at) as first, count() as records, any(app) as with_app
from pairs inner join usual on user = usual.userPrincipalName and network = usual.autonomousSystemNumber
where since >= at - 3600
group by user, network
order by first
