import { main } from '#cli/frame';

process.exitCode = await main(process.argv.slice(2));
