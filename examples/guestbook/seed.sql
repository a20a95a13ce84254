runscript from 'db/1-entries.sql';

insert into entry (author, message)
select * from (values
  ('Grace', 'The only phrase I dislike is: we have always done it this way.'),
  ('Edsger', 'Simplicity is prerequisite for reliability.'),
  ('Ada', 'I came in through a pull request and left an entry.')
) where not exists (select 1 from entry);
