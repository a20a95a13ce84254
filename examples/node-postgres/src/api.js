import { database } from './database.js';

const routes = {
  'GET /health': async () => ({ ok: (await database.query('select 1')).rowCount === 1 }),
  'GET /todos': async () => (await database.query('select id, title from todo order by id')).rows,
  'POST /todos': async (title) =>
    (await database.query('insert into todo (title) values ($1) returning id, title', [title])).rows[0],
};

async function body(request) {
  let text = '';
  for await (const piece of request) {
    text += piece;
    if (text.length > 500) throw new Error('a title has at most 500 characters');
  }
  return text.trim();
}

/** Serves the API beside the pages, from the process of Vite's dev server. */
export const api = () => ({
  name: 'api',
  configureServer(server) {
    server.middlewares.use('/api', async (request, response) => {
      const route = routes[`${request.method} ${request.url.split('?')[0]}`];
      let status = 200;
      let answer;
      try {
        answer = route ? await route(await body(request)) : undefined;
        if (!route) [status, answer] = [404, { error: 'There is no such call.' }];
      } catch (error) {
        console.error(error);
        [status, answer] = [500, { error: 'That did not work; the app\'s log says why.' }];
      }
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  },
});
