// The results as a picture for the README: bars of time relative to Koffi's.
import { duration, times } from './table.mjs';

const width = 860;
const margin = 28;
const labelWidth = 216;
const left = margin + labelWidth;
const unit = 230; // Koffi's time, in pixels
const limit = 2; // times Koffi's; what is longer is cut off
const bar = 11;
const step = bar + 3;
const groupGap = 15;
const top = 104;

const paper = '#fbfcfd';
const ink = '#1f2933';
const faint = '#66727f';
const colours = {
  arkffi: '#e8590c',
  'hand-written': '#a5b4c8',
  koffi: '#5c6f88',
  'ffi-rs': '#d5dce5',
  'node:ffi': '#8fb09a',
};

const escape = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** One element. Numbers are rounded: pixels have no more places. */
function element(name, attributes, content = '') {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === 'number' ? String(Math.round(value * 10) / 10) : escape(value);
    return ` ${key}="${text}"`;
  });
  return `<${name}${written.join('')}${content ? `>${content}</${name}>` : '/>'}`;
}

const rect = (x, y, width, height, fill, more = {}) => element('rect', { x, y, width, height, fill, ...more });
const text = (x, y, content, more = {}) => element('text', { x, y, fill: ink, ...more }, escape(content));

/**
 * @param {{ node: string, cpu: string, platform: string, versions: Record<string, string>,
 *   cases: import('./spread.mjs').Result[] }} report
 * @param {import('./contenders.mjs').Contender[]} contenders
 * @returns {string} SVG
 */
export function drawChart(report, contenders) {
  const groups = report.cases.map((result) => contenders.filter(({ id }) => id in result.nanoseconds));
  const bars = groups.reduce((sum, members) => sum + members.length, 0);
  const bottom = top + bars * step + groups.length * groupGap;
  const height = bottom + 30;
  const parts = [
    rect(0, 0, width, height, paper, { rx: 10, stroke: '#e3e8ee' }),
    ...heading(report),
    ...legend(contenders),
  ];
  parts.push(...axis(bottom));
  let y = top + groupGap / 2;
  report.cases.forEach((result, index) => {
    const tall = groups[index].length * step;
    parts.push(text(left - 12, y + tall / 2 + 3, result.title, { 'text-anchor': 'end', 'font-size': 13 }));
    groups[index].forEach(({ id }, row) => parts.push(...drawBar(result, id, y + row * step)));
    y += tall + groupGap;
  });
  const attributes = {
    ...{ xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' },
    'font-family': "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
  };
  return `${element('svg', attributes, `\n${element('title', {}, 'Time relative to Koffi')}\n${parts.join('\n')}\n`)}\n`;
}

function heading({ node, cpu, platform, versions }) {
  const packages = Object.entries(versions).map(([id, version]) => `${id} ${version}`);
  return [
    text(margin, 38, 'Time relative to Koffi', { 'font-size': 19, 'font-weight': 600 }),
    text(margin, 59, `shorter is better · Node ${node}, ${platform}, ${cpu} · ${packages.join(', ')}`, {
      ...{ fill: faint, 'font-size': 12 },
    }),
  ];
}

function legend(contenders) {
  let x = margin;
  return contenders.flatMap(({ id, title }) => {
    const entry = [rect(x, 74, 12, 12, colours[id], { rx: 2 }), text(x + 18, 84, title, { 'font-size': 12 })];
    x += 42 + title.length * 6.7;
    return entry;
  });
}

/** Lines at every half, with the one that is Koffi's own time dashed. */
function axis(bottom) {
  const parts = [];
  for (let value = 0; value <= limit; value += 0.5) {
    const x = left + value * unit;
    const dashed = value === 1 ? { stroke: '#5c6f88', 'stroke-dasharray': '3 3' } : { stroke: '#e3e8ee' };
    parts.push(element('line', { x1: x, y1: top, x2: x, y2: bottom, ...dashed }));
    parts.push(text(x, bottom + 16, `${value}×`, { 'text-anchor': 'middle', fill: faint, 'font-size': 11 }));
  }
  return parts;
}

function drawBar({ nanoseconds, toKoffi }, id, y) {
  const share = id === 'koffi' ? 1 : toKoffi[id].median;
  const long = Math.min(share, limit) * unit;
  const parts = [rect(left, y, long, bar, colours[id], { rx: 2 })];
  if (share > limit) {
    // A gap, as on a map where a road goes on.
    const x = left + long - 26;
    parts.push(element('path', { d: `M${x} ${y + bar + 1}l5 ${-bar - 2}h5l-5 ${bar + 2}z`, fill: paper }));
  }
  const strong = id === 'arkffi' ? { 'font-weight': 700 } : {};
  const label = element('tspan', { fill: ink, ...strong }, `${times(share)}×`);
  const absolute = element('tspan', { fill: faint, dx: 5 }, duration(nanoseconds[id]));
  // The outline keeps the lines of the axis away from the figures.
  const place = { x: left + long + 6, y: y + bar - 1.5, 'font-size': 11 };
  const outline = { stroke: paper, 'stroke-width': 4, 'paint-order': 'stroke', 'stroke-linejoin': 'round' };
  parts.push(element('text', { ...place, ...outline }, label + absolute));
  return parts;
}
