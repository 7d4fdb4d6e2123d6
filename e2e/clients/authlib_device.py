"""A device on Authlib: asks for a code, says it as JSON, polls at its interval, and says what it got."""

import json
import os
import sys
import time

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

# Both sides are on the loopback of one machine.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

issuer, client_id = sys.argv[1:]
at = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
session = OAuth2Session(client_id, token_endpoint_auth_method="none")
asked = requests.post(at["device_authorization_endpoint"], {"client_id": client_id, "scope": "openid shelf.read"}, timeout=10).json()
print(json.dumps({name: asked[name] for name in ("user_code", "verification_uri")}), flush=True)

said = None
while True:
    try:
        token = session.fetch_token(
            at["token_endpoint"],
            grant_type="urn:ietf:params:oauth:grant-type:device_code",
            device_code=asked["device_code"],
        )
        break
    except AuthlibBaseError as error:
        if error.error not in ("authorization_pending", "slow_down"):
            print(json.dumps({"error": error.error}), flush=True)
            sys.exit()
        if said is None:
            print(error.error, flush=True)
        said = error.error
        time.sleep(asked["interval"])
print(json.dumps({"scope": token["scope"], "token_type": token["token_type"], "refresh": "refresh_token" in token}))
