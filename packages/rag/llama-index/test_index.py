"""Splits a document into chunks and finds the right one by its words, without a model."""

from llama_index.core import Document, MockEmbedding, Settings, VectorStoreIndex
from llama_index.core.node_parser import TokenTextSplitter

Settings.llm = None
Settings.embed_model = MockEmbedding(embed_dim=8)
nodes = TokenTextSplitter(chunk_size=16, chunk_overlap=0).get_nodes_from_documents([Document(text="word " * 64)])
assert len(nodes) > 2, len(nodes)
assert VectorStoreIndex(nodes).as_retriever(similarity_top_k=2).retrieve("word")
