/**
 * Starts servers; prints `up` when they serve.
 * Arguments: `hold` (and stay) or `leave` (as the command `up`, and end); directory; names of servers.
 */
import { up } from '../../deploy/local/detached.ts';
import { SERVER_NAMES } from '../../deploy/local/plan.ts';
import { startServers } from '../../deploy/local/start.ts';

const [how, dir = '', ...wanted] = process.argv.slice(2);
const names = SERVER_NAMES.filter((name) => wanted.includes(name));
const options = { dir, env: process.env, log: (): void => {} };

if (how === 'leave') await up(names, options);
else {
  await startServers(names, options);
  setInterval(() => {}, 60_000);
}
console.log('up');
