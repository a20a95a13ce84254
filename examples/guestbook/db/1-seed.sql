insert into entry (author, message) values
  ('Grace', 'The only phrase I dislike is: we have always done it this way.'),
  ('Edsger', 'Simplicity is prerequisite for reliability.'),
  ('Ada', 'I came in through a pull request and left an entry.');
