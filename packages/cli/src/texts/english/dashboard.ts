/** What `dashboard` says. */
export const dashboard = {
  description: 'Open a page that shows the keys live, on this computer',
  options: {
    port: 'the port; 0 for any that is free',
    host: 'the address on which it listens',
    readOnly: 'keys can only be looked at',
    open: 'open it in the browser',
  },
  noPort: (given: string): string =>
    `"${given}" is not a port. Write a whole number from 0 to 65535, for example --port 4321.`,
  portInUse: (port: number, other: number): string =>
    `Port ${port} is in use. Take another one: api-key-fallback dashboard --port ${other}`,
  portNotAllowed: (port: number): string => `This user may not listen on port ${port}. Take one from 1024.`,
  noHost: (host: string): string => `This machine has no address "${host}". Write --host 127.0.0.1, for example.`,
  shortToken: (variable: string): string =>
    `${variable} must have at least 16 characters. Make one with: node -e "console.log(crypto.randomUUID())"`,
  ready: 'The dashboard runs at',
  ownToken: (variable: string): string => `Sign in with the token of ${variable}.`,
  secret: 'The link signs in at once, so share it with nobody. Ctrl-C ends the dashboard.',
  end: 'Ctrl-C ends the dashboard.',
  notLocal: 'Other computers can reach it without encryption. Put TLS in front of it.',
  noStore:
    'Without a store the dashboard knows only this process, which makes no calls. To see your service, name its store with --redis or --state-dir.',
  cannotOpen: 'The browser could not be started. Open the link yourself.',
};

export type DashboardTexts = typeof dashboard;
