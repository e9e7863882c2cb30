"""Real OpenID providers of two makes (npm oidc-provider, Debian's Glewlwyd), and a browser that signs
in there."""
