"""The graph runs the same nodes as Rasa's own runner and gives the same outputs."""

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.dask import DaskGraphRunner

from bot.rasa_agent.graph import DirectRunner
from bot.rasa_agent.runner import AgentRunner

pytestmark = pytest.mark.model


@pytest.mark.parametrize("text", ["my leg went numb", "when can I drive, and may I eat?", "", "😀 \x00"])
def test_it_gives_what_rasas_own_runner_gives(agent: AgentRunner, text: str) -> None:
    processor = agent._agent.processor
    direct = processor.graph_runner
    assert isinstance(direct, DirectRunner)
    stock = DaskGraphRunner.__new__(DaskGraphRunner)
    stock._graph_schema, stock._instantiated_nodes, stock._execution_context = direct._schema, direct._nodes, None
    outputs = []
    for runner in (direct, stock):
        target = processor.model_metadata.nlu_target
        message = UserMessage(text)
        done = runner.run(inputs={PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: None}, targets=[target])
        outputs.append(done[target][0].as_dict(only_output_properties=True))
    assert outputs[0] == outputs[1]
    assert outputs[0]["intent"]["name"]
