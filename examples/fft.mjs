// The spectrum of a chord, drawn in the terminal; the Fourier transform is FFTW's, or else that of fft/fft.c, which is
// compiled for it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dlopen } from 'arkffi';

const RATE = 8192; // samples in a second
const COUNT = 8192; // a second of them, so that a bin is 1 Hz
const ESTIMATE = 1 << 6;

/** FFTW's transform, if it is installed. */
function openFftw() {
  const { symbols: fftw } = dlopen(['libfftw3.so.3', 'fftw3'], {
    fftw_plan_dft_r2c_1d: { args: ['int', 'buffer', 'buffer', 'uint'], returns: 'ptr' },
    fftw_execute: { args: ['ptr'] },
    fftw_destroy_plan: { args: ['ptr'] },
  });
  // The buffers must stay where they are between the calls: they are in variables until then.
  const transform = (samples, bins) => {
    const plan = fftw.fftw_plan_dft_r2c_1d(samples.length, samples, bins, ESTIMATE);
    fftw.fftw_execute(plan);
    fftw.fftw_destroy_plan(plan);
  };
  return { name: 'FFTW', transform };
}

/** The transform of fft.c. */
function compileOwn() {
  const folder = mkdtempSync(path.join(tmpdir(), 'arkffi-fft-'));
  const file = path.join(folder, 'libfft.so');
  const source = fileURLToPath(new URL('fft/fft.c', import.meta.url));
  const { status } = spawnSync(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-O2', '-o', file, source, '-lm']);
  if (status !== 0) return undefined;
  const { real_fft } = dlopen(file, { real_fft: { args: ['buffer', 'buffer', 'size_t'], returns: 'int' } }).symbols;
  rmSync(folder, { recursive: true });
  const transform = (samples, bins) => {
    if (!real_fft(samples, bins, samples.length)) throw new Error('no memory');
  };
  return { name: 'fft.c', transform };
}

function open() {
  try {
    return openFftw();
  } catch {
    return compileOwn();
  }
}

/** Tones of a piano that begin one after the other and fade, with overtones and some noise. */
function playChord(tones) {
  let seed = 1;
  const noise = () => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
  return Float64Array.from({ length: COUNT }, (_, index) => {
    const time = index / RATE;
    const sound = (tone, nth) => {
      const since = time - nth * 0.05;
      const wave = (overtone) => Math.sin(2 * Math.PI * tone * overtone * since) / overtone ** 1.5;
      return since < 0 ? 0 : Math.exp(-2 * since) * (wave(1) + wave(2) + wave(3));
    };
    return tones.reduce((sum, tone, nth) => sum + sound(tone, nth), 0.1 * noise());
  });
}

/** Bars of eighths of a character, the largest value as high as there are rows. */
function plot(values, rows) {
  const most = Math.max(...values);
  const bar = (value, row) => ' ▁▂▃▄▅▆▇█'[Math.max(0, Math.min(8, Math.round((value / most) * rows * 8 - row * 8)))];
  for (let row = rows - 1; row >= 0; row--) console.log(values.map((value) => bar(value, row)).join(''));
}

const fft = open();
if (fft) {
  const tones = [262, 330, 392]; // C, E, G
  const samples = playChord(tones);
  const bins = new Float64Array(COUNT + 2);
  fft.transform(samples, bins);
  const power = Array.from({ length: COUNT / 2 + 1 }, (_, bin) => Math.hypot(bins[2 * bin], bins[2 * bin + 1]));

  const [from, step, columns] = [200, 12, 90];
  const column = (_, index) => Math.max(...power.slice(from + index * step, from + (index + 1) * step));
  plot(Array.from({ length: columns }, column), 8);
  console.log(`${from} Hz${' '.repeat(columns - 14)}${from + columns * step} Hz`);

  const isPeak = (bin) => power[bin] > Math.max(...power.slice(bin - 20, bin), ...power.slice(bin + 1, bin + 21));
  const peaks = [...power.keys()].filter((bin) => bin > 20 && isPeak(bin)).sort((a, b) => power[b] - power[a]);
  const loudest = peaks.slice(0, tones.length).sort((a, b) => a - b);
  console.log(`by ${fft.name}, the loudest tones are at ${loudest.join(', ')} Hz; played were ${tones.join(', ')}`);
} else console.log('neither FFTW nor a C compiler is here');
