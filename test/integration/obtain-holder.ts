/** Starts servers and holds them. Arguments: directory, names of servers. Prints `up` when they serve. */
import { SERVER_NAMES } from '../../deploy/local/plan.ts';
import { startServers } from '../../deploy/local/start.ts';

const [dir = '', ...names] = process.argv.slice(2);
await startServers(
  SERVER_NAMES.filter((name) => names.includes(name)),
  { dir, env: process.env, log: () => {} },
);
console.log('up');
setInterval(() => {}, 60_000);
