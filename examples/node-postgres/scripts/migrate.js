// Runs the scripts of db/ that have not run yet, in the order of their names, each in a transaction.
import { readdir, readFile } from 'node:fs/promises';
import { database } from '../src/database.js';

const client = await database.connect();
await client.query('create table if not exists migration (name text primary key)');
for (const name of (await readdir('db')).sort()) {
  await client.query('begin');
  const { rowCount } = await client.query('insert into migration values ($1) on conflict do nothing', [name]);
  if (rowCount === 1) {
    await client.query(await readFile(`db/${name}`, 'utf8'));
    console.log(`migrated: ${name}`);
  }
  await client.query('commit');
}
client.release();
await database.end();
