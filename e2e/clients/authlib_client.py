"""An application on Authlib: says where a browser has to go, reads where it came back, and tells what it got as JSON."""

import json
import os
import secrets
import sys

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

# Both sides are on the loopback of one machine.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

issuer, client_id, client_secret, redirect = sys.argv[1:]
at = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
keys = KeySet.import_key_set(requests.get(at["jwks_uri"], timeout=10).json())
session = OAuth2Session(
    client_id,
    client_secret,
    token_endpoint_auth_method="client_secret_basic",
    scope="openid email offline_access",
    redirect_uri=redirect,
    code_challenge_method="S256",
)


def id_claims(token, nonce):
    """The claims of an ID token that is right."""
    read = jwt.decode(token["id_token"], keys, algorithms=["ES256"])
    jwt.JWTClaimsRegistry(iss={"essential": True, "value": issuer}, aud={"essential": True, "value": client_id}).validate(read.claims)
    assert nonce is None or read.claims["nonce"] == nonce
    return read.claims


verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
url, state = session.create_authorization_url(at["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
print(url, flush=True)
came = sys.stdin.readline().strip()
token = session.fetch_token(at["token_endpoint"], authorization_response=came, code_verifier=verifier, state=state)
claims = id_claims(token, nonce)
me = session.get(at["userinfo_endpoint"], timeout=10).json()
first = token["refresh_token"]
token = session.refresh_token(at["token_endpoint"], refresh_token=first)
looked = session.introspect_token(at["introspection_endpoint"], token=token["access_token"], token_type_hint="access_token").json()
session.revoke_token(at["revocation_endpoint"], token=token["refresh_token"], token_type_hint="refresh_token")
after = session.introspect_token(at["introspection_endpoint"], token=token["access_token"]).json()
print(json.dumps({"sub": claims["sub"], "me": me, "rotated": token["refresh_token"] != first, "before": looked["active"], "after": after["active"]}))
