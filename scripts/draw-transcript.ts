import { writeFileSync } from 'node:fs';
import { transcriptPage } from '#test/docs/transcript-page';

writeFileSync(new URL('../docs/transcript.md', import.meta.url), await transcriptPage());
