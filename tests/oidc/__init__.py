"""A real OpenID provider (npm oidc-provider), and a browser that signs in there."""
