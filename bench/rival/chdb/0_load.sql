create table records engine = MergeTree order by tuple() as
select
    toDateTime(parseDateTime64BestEffortOrZero(p.createdDateTime, 3), 'UTC') as createdDateTime,
    p.userPrincipalName as userPrincipalName,
    p.correlationId as correlationId,
    p.isInteractive as isInteractive,
    p.authenticationProtocol as authenticationProtocol,
    p.originalTransferMethod as originalTransferMethod,
    p.status.errorCode as errorCode,
    p.autonomousSystemNumber as autonomousSystemNumber,
    p.appDisplayName as appDisplayName,
    p.resourceDisplayName as resourceDisplayName,
    p.userAgent as userAgent,
    p.sessionId as sessionId,
    p.ipAddress as ipAddress,
    p.location.countryOrRegion as countryOrRegion,
    p.deviceDetail.operatingSystem as operatingSystem,
    toDateTime(parseDateTime64BestEffortOrZero(p.activityDateTime, 3), 'UTC') as activityDateTime,
    p.activityDisplayName as activityDisplayName,
    p.initiatedBy.user.userPrincipalName as initiator,
    p.initiatedBy.user.ipAddress as activityIp
from (
    select properties as p from file('{records}', JSONEachRow, 'properties Tuple(
        createdDateTime String, userPrincipalName String, correlationId String, isInteractive Bool, authenticationProtocol String,
        originalTransferMethod String, status Tuple(errorCode Int32), autonomousSystemNumber Int64, appDisplayName String,
        resourceDisplayName String, userAgent String, sessionId String, ipAddress String, location Tuple(countryOrRegion String),
        deviceDetail Tuple(operatingSystem String), activityDateTime String, activityDisplayName String,
        initiatedBy Tuple(user Tuple(userPrincipalName String, ipAddress String)))')
)
