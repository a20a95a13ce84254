create table if not exists entry (
  id bigint generated always as identity primary key,
  author varchar(60) not null,
  message varchar(500) not null,
  written timestamp default current_timestamp not null
);
