import { api } from './src/api.js';

export default {
  plugins: [api()],
  server: {
    // Vite answers for hosts that it knows only; a preview's host is another one for each pull request.
    allowedHosts: true,
    strictPort: true,
  },
};
