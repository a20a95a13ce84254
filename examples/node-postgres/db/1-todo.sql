create table todo (
  id bigint generated always as identity primary key,
  title text not null,
  written timestamptz not null default now()
);
