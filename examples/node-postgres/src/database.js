import pg from 'pg';

export const database = new pg.Pool({ connectionString: process.env.DATABASE_URL });

// A connection that the server ended is replaced by the next query.
database.on('error', (error) => console.error(`A connection to PostgreSQL ended: ${error.message}`));
