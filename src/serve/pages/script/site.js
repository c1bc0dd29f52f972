// Comfort for the pages: suggestions in search boxes, tables sorted in place, a button to copy, values under the pointer.
// Every page works without it. It asks this server only.
'use strict';

const root = new URL(document.querySelector('form.search').action).pathname.replace(/\/search$/, '');

// Suggestions: the names that begin with what is typed, as a list that the keyboard reaches.
for (const input of document.querySelectorAll('input[type=search][name=q]:not([id^=board]), input[data-suggest]')) {
  const list = document.createElement('ul');
  list.className = 'suggestions';
  list.id = `${input.id}-suggestions`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Suggestions');
  list.hidden = true;
  input.after(list);
  input.parentElement.classList.add('suggested');
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');
  let timer;
  let newest = 0;
  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const active = () => list.querySelector('[aria-selected=true]');
  const choose = (option) => {
    if (input.name === 'q') {
      location.assign(root + option.dataset.path);
    } else {
      input.value = option.dataset.id;
      close();
    }
  };
  const show = (nodes) => {
    list.replaceChildren(...nodes.map((node, at) => {
      const option = document.createElement('li');
      option.id = `${list.id}-${at}`;
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      option.dataset.path = node.path;
      option.dataset.id = node.id;
      const kind = document.createElement('span');
      kind.className = 'kind';
      kind.textContent = node.kind;
      option.append(node.name, ' ', kind);
      option.addEventListener('mousedown', (event) => {
        event.preventDefault();
        choose(option);
      });
      return option;
    }));
    list.hidden = nodes.length === 0;
    input.setAttribute('aria-expanded', String(nodes.length > 0));
    input.removeAttribute('aria-activedescendant');
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text.length < 2) {
      close();
      return;
    }
    timer = setTimeout(async () => {
      const mine = ++newest;
      const query = new URLSearchParams({ q: text, kind: input.dataset.suggest ?? '' });
      try {
        const answer = await fetch(`${root}/suggest?${query}`, { headers: { Accept: 'application/json' } });
        if (answer.ok && mine === newest && document.activeElement === input) show((await answer.json()).nodes);
      } catch {
        close();
      }
    }, 120);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    if (list.hidden) return;
    if (event.key === 'Enter' && active()) {
      event.preventDefault();
      choose(active());
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const options = [...list.children];
    const step = event.key === 'ArrowDown' ? 1 : -1;
    const at = (options.indexOf(active()) + step + options.length + (active() || step > 0 ? 0 : 1)) % options.length;
    options.forEach((option, place) => option.setAttribute('aria-selected', String(place === at)));
    input.setAttribute('aria-activedescendant', options[at].id);
  });
  input.addEventListener('blur', close);
}

// Tables that are on the page as a whole are sorted in place. Elsewhere the link loads the page in the other order.
const number = (text) => Number.parseFloat(text.replace(/,/g, ''));
for (const table of document.querySelectorAll('table.sortable')) {
  for (const link of table.querySelectorAll('thead a')) {
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const heading = link.closest('th');
      const column = heading.cellIndex;
      const down = heading.getAttribute('aria-sort') === 'ascending';
      const rows = [...table.tBodies[0].rows];
      const text = (row) => row.cells[column].textContent.trim();
      rows.sort((a, b) => {
        const [x, y] = [text(a), text(b)];
        const [m, n] = [number(x), number(y)];
        const order = Number.isNaN(m) || Number.isNaN(n) || /^\d{4}-/.test(x) ? x.localeCompare(y) : m - n;
        return down ? -order : order;
      });
      table.tBodies[0].append(...rows);
      for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    });
  }
}

// A button that copies the text of a block.
for (const block of document.querySelectorAll('pre.copy')) {
  if (!navigator.clipboard) break;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.textContent.trim());
    button.textContent = 'Copied';
  });
  block.before(button);
}
