// Run: npx pm2 start pm2/ecosystem.config.cjs
module.exports = {
  apps: [
    {
      name: 'chat',
      script: './server.ts',
      cwd: __dirname,
      exec_mode: 'cluster',
      instances: 2,
      // `pm2 reload` waits for process.send('ready') of the new instance before it ends the old one.
      wait_ready: true,
      listen_timeout: 10_000,
      // How long an old instance may take to end its requests, before PM2 kills it.
      kill_timeout: 30_000,
    },
  ],
};
