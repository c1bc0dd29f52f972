// The picture of a graph that can be moved, zoomed and grown. Without this script the page has a still picture and a list.
// It asks this server only. It needs cytoscape.js, which the server sends too.
'use strict';

{
  const place = document.getElementById('graph');
  const root = new URL(document.querySelector('form.search').action).pathname.replace(/\/search$/, '');
  const looks = JSON.parse(place.dataset.looks);
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const short = (name) => (name.length > 44 ? `${name.slice(0, 42)}…` : name);

  // cytoscape.js would add a style element for its container, which the policy of the server forbids; style.css has the rule.
  const mark = document.createElement('meta');
  mark.id = '__________cytoscape_stylesheet';
  document.head.append(mark);

  const box = document.createElement('div');
  box.className = 'canvas';
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', 'Picture of the graph; its nodes are listed below');
  const bar = document.createElement('div');
  bar.className = 'tools';
  const said = document.createElement('p');
  said.className = 'note chosen';
  said.setAttribute('aria-live', 'polite');
  said.textContent = 'Drag to move, scroll or use the buttons to zoom. A click on a node shows it, a second click grows the picture from it.';

  const known = (id) => graph.getElementById(id).nonempty();
  const edge = ({ from, relation, to }) => ({ group: 'edges', data: { id: `${from} ${relation} ${to}`, source: from, target: to, relation: relation.replaceAll('-', ' ') } });
  const node = ({ id, kind, name: stored, label: name = stored, path, papers, date, dead }) => {
    const label = short(name);
    const width = Math.min(164, 8 * label.length + 18);
    const height = 16 + 17 * Math.ceil((8 * label.length) / 150);
    const { fill, ink } = looks[kind];
    return { group: 'nodes', data: { id, kind, name, path, papers, date, dead, label, width, height, fill, ink } };
  };

  place.replaceChildren(bar, box, said);

  const graph = cytoscape({
    container: box,
    minZoom: 0.15,
    maxZoom: 4,
    style: [
      { selector: 'node', style: {
        label: 'data(label)', 'background-color': 'data(fill)', color: 'data(ink)', shape: 'round-rectangle', width: 'data(width)', height: 'data(height)',
        'text-valign': 'center', 'text-halign': 'center', 'text-wrap': 'wrap', 'text-max-width': '150px', 'font-size': 13,
        'font-family': getComputedStyle(document.body).fontFamily, 'border-width': 1, 'border-color': dark ? '#bbbbbb' : '#555555',
      } },
      { selector: 'node[?dead]', style: { 'border-style': 'dashed', 'border-color': colour('--bad') } },
      { selector: 'node.grown', style: { 'border-width': 3, 'border-color': colour('--ink') } },
      { selector: 'node:selected', style: { 'border-width': 4, 'border-color': colour('--accent') } },
      { selector: 'edge', style: {
        width: 1.5, 'line-color': colour('--soft'), 'target-arrow-color': colour('--soft'), 'target-arrow-shape': 'triangle', 'arrow-scale': 0.8,
        'curve-style': 'bezier', opacity: 0.6,
      } },
      { selector: 'edge[relation = "related"], edge[relation = "mentions"]', style: { 'target-arrow-shape': 'none', width: 1, opacity: 0.4 } },
      { selector: 'edge.near', style: {
        label: 'data(relation)', opacity: 1, 'line-color': colour('--accent'), 'target-arrow-color': colour('--accent'), 'font-size': 11, color: colour('--ink'),
        'text-background-color': colour('--paper'), 'text-background-opacity': 0.85, 'text-rotation': 'autorotate',
      } },
    ],
  });

  const arrange = (fresh) => graph.layout({
    name: 'cose', animate: still ? false : 'end', animationDuration: 400, randomize: fresh, idealEdgeLength: () => 60,
    nodeRepulsion: () => 120000, nodeOverlap: 60, componentSpacing: 120, gravity: 0.6, numIter: 1500, fit: true, padding: 16,
    boundingBox: fresh ? { x1: 0, y1: 0, w: 1.2 * box.clientWidth, h: 1.2 * box.clientHeight } : undefined,
  }).run();

  async function grow(id) {
    const asked = new URLSearchParams({ around: id });
    if (place.dataset.confidence) asked.set('min-confidence', place.dataset.confidence);
    const answer = await fetch(`${root}/graph.json?${asked}`, { headers: { Accept: 'application/json' } });
    if (!answer.ok) {
      said.textContent = 'The server has no answer just now.';
      return;
    }
    const found = await answer.json();
    const first = graph.nodes().empty();
    const middle = known(id) ? graph.getElementById(id).position() : { x: 0, y: 0 };
    const fresh = [found.node, ...found.neighbors].filter((one) => !known(one.id));
    graph.add(fresh.map((one, at) => ({
      ...node(one), position: { x: middle.x + 160 * Math.cos(at * 2.4), y: middle.y + 160 * Math.sin(at * 2.4) },
    })));
    graph.add(found.edges.map(edge).filter(({ data }) => !known(data.id) && known(data.source) && known(data.target)));
    graph.getElementById(found.node.id).addClass('grown');
    said.textContent = first ? said.textContent : `${fresh.length} nodes more, ${graph.nodes().length} in all.`;
    place.dataset.nodes = graph.nodes().length;
    arrange(first);
  }

  function show(one) {
    graph.edges().removeClass('near');
    one.connectedEdges().addClass('near');
    const { id, kind, name, path, papers, date } = one.data();
    const page = document.createElement('a');
    page.href = root + path;
    page.textContent = name;
    const more = document.createElement('button');
    more.type = 'button';
    more.textContent = 'Grow from here';
    more.addEventListener('click', () => grow(id));
    const about = [kind, date, papers > 0 ? `${papers} papers` : ''].filter(Boolean).join(', ');
    said.replaceChildren(page, ` ${about} `, more);
  }

  let chosen = null;
  graph.on('tap', 'node', ({ target }) => {
    if (chosen === target.id() && !target.hasClass('grown')) grow(chosen);
    chosen = target.id();
    show(target);
  });
  graph.on('tap', (event) => event.target === graph && graph.edges().removeClass('near'));

  for (const [name, act] of [
    ['Zoom in', () => graph.zoom({ level: graph.zoom() * 1.3, renderedPosition: { x: box.clientWidth / 2, y: box.clientHeight / 2 } })],
    ['Zoom out', () => graph.zoom({ level: graph.zoom() / 1.3, renderedPosition: { x: box.clientWidth / 2, y: box.clientHeight / 2 } })],
    ['Show all', () => graph.fit(undefined, 24)],
    ['Arrange', () => arrange(false)],
  ]) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = name;
    button.addEventListener('click', act);
    bar.append(button);
  }
  // The list below grows the picture in place, for whoever uses the keyboard.
  for (const way of document.querySelectorAll('a.grow')) {
    way.addEventListener('click', (event) => {
      event.preventDefault();
      grow(way.dataset.node).then(() => place.scrollIntoView({ block: 'nearest' }));
    });
  }
  grow(place.dataset.around);
}
