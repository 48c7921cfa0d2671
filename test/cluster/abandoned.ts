import { startControlPlane } from './control-plane.ts';

/** Starts a control plane, says what was started, and waits to be killed. */
const { folder, parts } = await startControlPlane();
process.stdout.write(`${JSON.stringify({ folder, pids: Object.values(parts).map(({ pid }) => pid()) })}\n`);
setInterval(() => {}, 60_000);
