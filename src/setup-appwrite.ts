import { setupAppwrite } from './modules/dtech';
import { Config } from './platform/config/config';

/** `npm run setup:appwrite`: makes what the mirror of sales needs in Appwrite; exits with 1 on a failure. */
export async function setupAppwriteCommand(): Promise<void> {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  try {
    const { appwrite } = Config.load();
    if (!appwrite) throw new Error('the APPWRITE_ variables are not set; .env.example lists them');
    say(`Appwrite at ${appwrite.endpoint}, project ${appwrite.projectId}`);
    await setupAppwrite(appwrite, say);
    say('Appwrite is ready; the product mirrors to it from its next start on');
  } catch (error) {
    process.stderr.write(`Appwrite is not set up: ${(error as Error).message.split('\n', 1)[0]}\n`);
    process.exitCode = 1;
  }
}
