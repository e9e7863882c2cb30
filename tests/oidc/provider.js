// A real OpenID provider for tests: code flow with PKCE, JWT access tokens for the resource that was
// asked for (RFC 8707), or for one audience where it is told to map all to that.
// Everybody is who they say they are. Configured by one JSON argument; prints "ready".
// /asked tells how often its discovery document and its keys were asked for.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const { port, issuer, keys, audience, format, seconds, redirect } = JSON.parse(process.argv[2]);

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'web', token_endpoint_auth_method: 'none', application_type: 'native',
    redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'],
  }],
  jwks: { keys },
  cookies: { keys: ['only for tests'] },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  enabledJWA: { idTokenSigningAlgValues: keys.map((key) => key.alg) },
  clientDefaults: { id_token_signed_response_alg: keys[0].alg },
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'api', audience, accessTokenTTL: seconds, accessTokenFormat: format,
        ...(format === 'jwt' && { jwt: { sign: { alg: keys[0].alg } } }),
      }),
    },
  },
});
const answer = provider.callback();
let asked = 0;
createServer((request, response) => {
  if (request.url === '/asked') return response.end(String(asked));
  asked += ['/.well-known/openid-configuration', '/jwks'].includes(request.url);
  return answer(request, response);
}).listen(port, '127.0.0.1', () => console.log('ready'));
