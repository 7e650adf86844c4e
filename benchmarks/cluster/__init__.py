"""The topology of ``compose.yaml`` as processes on loopback: PostgreSQL, copies of the server, a proxy. For trying what
happens when a copy is replaced, killed or asked too much."""
