import type { NestExpressApplication } from '@nestjs/platform-express';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import path from 'node:path';
import { openApiDocument } from './openapi';

const DOCUMENT = 'api/openapi.json';
const REDOC_SCRIPT = '/redoc-assets/redoc.standalone.js';

const REDOC_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Call centre API</title>
<style>body { margin: 0 }</style>
</head>
<body>
<redoc spec-url="/${DOCUMENT}"></redoc>
<script src="${REDOC_SCRIPT}"></script>
</body>
</html>
`;

/**
 * Serves the document and its two explorers, everything from here: `/api/openapi.json`, Swagger UI at `/swagger` and
 * `/docs`, ReDoc at `/redoc`. The document is made when it is first asked for, so that it costs the start nothing.
 */
export function serveApiPages(app: NestExpressApplication): void {
  let made: OpenAPIObject | undefined;
  const document = (): OpenAPIObject => (made ??= openApiDocument(app));
  const options = {
    customSiteTitle: 'Call centre API',
    swaggerOptions: { persistAuthorization: true, tagsSorter: undefined, displayRequestDuration: true },
  };
  SwaggerModule.setup('swagger', app, document, { ...options, jsonDocumentUrl: DOCUMENT, raw: ['json'] });
  SwaggerModule.setup('docs', app, document, { ...options, raw: false });
  const redoc = path.dirname(require.resolve('redoc/bundles/redoc.standalone.js'));
  app.useStaticAssets(redoc, { prefix: path.dirname(REDOC_SCRIPT), index: false, maxAge: '1d' });
  app.use('/redoc', (request: Request, response: Response, next: NextFunction) => {
    if (request.path === '/' && ['GET', 'HEAD'].includes(request.method)) response.type('html').send(REDOC_PAGE);
    else next();
  });
}
