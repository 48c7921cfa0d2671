import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes whatever it is sent, in a process whose CPU time is not that of what is measured. `true`: and never answers. */
const silent = process.argv[2] === 'true';
const server = createServer((request, response) => {
  request.resume().on('end', () => silent || response.end());
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
