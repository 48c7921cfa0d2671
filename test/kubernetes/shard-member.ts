import { openKubeApi } from '#kubernetes/https-api';
import { kubeconfigCredentials } from '#kubernetes/kubeconfig-credentials';
import { shards } from '#kubernetes/shards';
import { seconds, sleep } from './real-time.ts';

/** A replica as a process of its own, to be killed and stopped: `node shard-member.ts KUBECONFIG IDENTITY`. */
const [file, identity = ''] = process.argv.slice(2);
const unixNow = (): number => Date.now() / 1000;
const tell = (what: object): void => console.log(JSON.stringify({ at: unixNow(), ...what }));

const member = shards({
  api: openKubeApi({ credentials: await kubeconfigCredentials({ file }) }),
  namespace: 'default',
  prefix: 'guard',
  identity,
  instance: `${process.pid}`,
  buckets: 16,
  enter: (bucket) => tell({ what: 'enter', bucket }),
  leave: async (bucket) => tell({ what: 'left', bucket }),
  now: seconds,
  unixNow,
  sleep,
});
let last = seconds();
// Whatever runs first after the process was stopped asks what it owns.
setInterval(() => {
  if (seconds() - last > 5) tell({ what: 'resumed', owned: member.owned().size });
  last = seconds();
}, 20);
