"""The ports' two homes: SQLite files and folders on one machine, MongoDB, RabbitMQ and SMTP in a deployment.

Each driver is imported in one file only, and its exceptions end there: what leaves an adapter is a class of
`shared.errors`.
"""
