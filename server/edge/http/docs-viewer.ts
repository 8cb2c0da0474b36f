import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Router } from 'express';
import { pageSecurity } from './security.ts';

/** Nothing inline, so that the strict content policy holds here too. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Engagement server: REST interface</title>
<link rel="stylesheet" href="/api/docs/files/swagger-ui.css">
<link rel="icon" href="/api/docs/files/favicon-32x32.png">
</head>
<body>
<div id="viewer"></div>
<script src="/api/docs/files/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
const FILE_SECONDS = 3_600;

/** `/api/openapi.json`, made when it is first asked for and kept, and its viewer at `/api/docs`. */
export function docsRouter(deps: { document: () => object; tls: boolean }): Router {
  const router = Router();
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  // The viewer's style sheet draws its icons from data: addresses.
  router.use('/api/docs', pageSecurity({ framing: 'none', tls: deps.tls, images: 'data:' }));
  router.get('/api/docs', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('html').send(PAGE);
  });
  router.get('/api/docs/start.js', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('js').send(START);
  });
  for (const file of FILES) {
    router.get(`/api/docs/files/${file}`, (_request, response, next) => {
      response.sendFile(file, { root, maxAge: FILE_SECONDS * 1000 }, next);
    });
  }
  let text: string | undefined;
  router.get('/api/openapi.json', (_request, response) => {
    text ??= JSON.stringify(deps.document());
    response.set('Cache-Control', 'no-cache').type('application/json').send(text);
  });
  return router;
}
