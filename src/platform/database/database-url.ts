/** The address of the database in use: DATABASE_URL, or that of the embedded server. Never logged: it holds a password. */
export class DatabaseUrl {
  constructor(readonly value: string) {}
}
