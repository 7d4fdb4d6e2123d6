-- A session that goes on in another country or with another program, in a network where the user was not until an hour before.
-- needs: createdDateTime, userPrincipalName, errorCode, autonomousSystemNumber, sessionId, countryOrRegion, userAgent, operatingSystem
with uses as (
    select userPrincipalName, sessionId, createdDateTime, autonomousSystemNumber, countryOrRegion, userAgent, operatingSystem,
           first_value(autonomousSystemNumber) over begun as began_in,
           first_value(countryOrRegion) over begun as began_where,
           first_value(operatingSystem) over begun as began_on,
           lag(createdDateTime) over begun as before
    from sign_ins where errorCode = 0 and sessionId is not null
    window begun as (partition by userPrincipalName, sessionId order by createdDateTime)
),
strange as (
    select * from uses
    where autonomousSystemNumber <> began_in
      and (operatingSystem <> began_on or (countryOrRegion <> began_where and createdDateTime - before < interval 2 hours))
),
usual as (
    select userPrincipalName, autonomousSystemNumber, min(createdDateTime) as since
    from sign_ins where errorCode = 0 and userPrincipalName in (select userPrincipalName from strange)
    group by all
)
select userPrincipalName, sessionId, min(createdDateTime) as first, count(*) as records
from strange join usual using (userPrincipalName, autonomousSystemNumber)
where since >= createdDateTime - interval 1 hour
group by userPrincipalName, sessionId
order by first
