// Run after every `npm install`: completes package-lock.json for the platforms this registry does not carry.
//
// A mirror that holds only Linux binaries makes `npm install` leave the other platforms' optional packages out of
// the lock file, and `npm ci` then refuses that file ("Missing: … from lock file"). Each missing entry is added as
// an optional package limited to its os and cpu: `npm ci` skips it here and a full registry serves it elsewhere.
import fs from 'node:fs';

const OS = ['darwin', 'win32', 'linux', 'freebsd', 'android', 'openharmony', 'aix', 'sunos', 'netbsd', 'openbsd'];
const CPU = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'wasm32', 'mips64el'];

const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
const packages = lock.packages;
let added = 0;
for (const [where, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${where ? `${where}/` : ''}node_modules/${name}`;
    const top = `node_modules/${name}`;
    if (packages[nested] || packages[top]) continue;
    const words = name.split('/').pop().split(/[-.]/);
    const os = OS.filter((o) => words.includes(o) || (o === 'win32' && words.includes('windows')));
    const cpu = CPU.filter((c) =>
      words.some((w) => w === c || (c === 'arm' && /^arm(v\d)?$/.test(w)) || (c === 'wasm32' && w === 'wasm')),
    );
    if (!os.length && !cpu.length) {
      console.error(`left alone, no platform in its name: ${name}`);
      continue;
    }
    packages[top] = {
      version: range.replace(/^[\^~]/, ''),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...(os.length ? { os } : {}),
      ...(cpu.length ? { cpu } : {}),
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added`);
