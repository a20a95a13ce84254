// A few rows to look at, where there are none.
import { database } from '../src/database.js';

await database.query(`
  insert into todo (title)
  select * from (values ('Open the pull request'), ('Look at its preview'), ('Merge')) as seed (title)
  where not exists (select from todo)`);
await database.end();
