const list = document.querySelector('ul');

async function show() {
  const todos = await (await fetch('/api/todos')).json();
  list.replaceChildren(
    ...todos.map((todo) => Object.assign(document.createElement('li'), { textContent: todo.title })),
  );
}

document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const title = new FormData(event.target).get('title');
  event.target.reset();
  await fetch('/api/todos', { method: 'POST', body: title });
  await show();
});

await show();
