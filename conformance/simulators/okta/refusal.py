"""What Okta says when it says no."""

import itertools

_SUMMARIES = {
    "E0000001": "Api validation failed: {what}",
    "E0000003": "The request body was not well-formed.",
    "E0000006": "You do not have permission to perform the requested action",
    "E0000007": "Not found: Resource not found: {what}",
    "E0000009": "Internal Server Error",
    "E0000010": "Service is in read only mode",
    "E0000011": "Invalid token provided",
    "E0000016": "Activation failed because the user is already active",
    "E0000022": "The endpoint does not support the provided HTTP method",
    "E0000031": "Invalid search criteria.",
    "E0000038": "This operation is not allowed in the user's current status.",
    "E0000047": "API call exceeded rate limit due to too many requests.",
    "E0000112": "Unable to update user, the user is being activated or deactivated.",
}
_numbers = itertools.count(1)


class Refusal(Exception):
    """An answer that ends a call: a status, a body or none, more headers."""

    def __init__(self, status, body=None, headers=()):
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers)


def refuse(status, code, what="", causes=(), headers=()):
    """The Error schema: code, summary, an id to quote to the vendor's support, causes."""
    body = {
        "errorCode": code,
        "errorSummary": _SUMMARIES[code].format(what=what),
        "errorLink": code,
        "errorId": f"oae{next(_numbers):017d}",
        "errorCauses": [{"errorSummary": cause} for cause in causes],
    }
    return Refusal(status, body, headers)


def not_found(what):
    return refuse(404, "E0000007", what)


def invalid(what, *causes):
    return refuse(400, "E0000001", what, causes)


def oauth_refusal(status, error, description):
    """RFC 6749 §5.2, as the token endpoint speaks."""
    return Refusal(status, {"error": error, "error_description": description})


def insufficient_scope(scope, resource):
    """For OAuth tokens: no body at all, the words are in the header."""
    words = f'Bearer authorization_uri="/oauth2/v1/authorize", scope="{scope}", error="insufficient_scope", '
    words += f'error_description="The access token provided does not contain the required scopes.", resource="{resource}"'
    return Refusal(403, None, {"WWW-Authenticate": words})


def invalid_bearer():
    words = 'Bearer error="invalid_token", error_description="The access token is invalid or has expired."'
    return Refusal(401, None, {"WWW-Authenticate": words})
